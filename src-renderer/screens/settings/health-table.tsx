/** Owns the last health check as a table: what was looked at, and what was found. Must not check. */
import { CircleCheck, CircleX } from 'lucide-react';
import { formatMoment } from '../../format/moments.ts';
import { useHouse } from '../../state/use-house.ts';
import styles from './settings-screen.module.css';

export function HealthTable() {
  const health = useHouse((house) => house.health);
  return (
    <section className={styles.section} aria-label="Health">
      <h2>Health</h2>
      {health === null ? (
        <p className={styles.text}>Not looked at yet since the start. The schedule “Check the health” does it.</p>
      ) : (
        <>
          <p className={styles.text}>Last looked at {formatMoment(health.atMs, Date.now())}</p>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">State</th>
                <th scope="col">Found</th>
              </tr>
            </thead>
            <tbody>
              {health.checks.map(({ subject, ok, detail, failure }) => (
                <tr key={subject}>
                  <td>{subject}</td>
                  <td>
                    <span className={ok ? styles.well : styles.unwell}>
                      {ok ? (
                        <CircleCheck size={14} strokeWidth={1.8} aria-hidden />
                      ) : (
                        <CircleX size={14} strokeWidth={1.8} aria-hidden />
                      )}
                      {ok ? 'well' : 'not well'}
                    </span>
                  </td>
                  <td>
                    {detail} {failure?.hint !== '' && failure?.hint}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

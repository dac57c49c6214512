/**
 * Owns telling what happened to the house while nobody looked (a restored database), until somebody has read it.
 * Must not hide a warning by itself. Above every screen.
 */
import { TriangleAlert, X } from 'lucide-react';
import { Button } from '../parts/button.tsx';
import { showFailure } from '../parts/toasts.tsx';
import { call } from '../state/house-client.ts';
import { useHouse } from '../state/use-house.ts';
import styles from './notes.module.css';

export function NewsBar() {
  const news = useHouse((house) => house.news);
  if (news.length === 0) return null;
  return (
    <section className={styles.news} aria-label="News of the house">
      {news.map(({ id, severity, message, hint }) => (
        <div key={id} className={styles.item} data-severity={severity} role={severity === 'warning' ? 'alert' : 'note'}>
          <TriangleAlert size={14} strokeWidth={1.8} aria-hidden />
          <p>
            <strong>{message}</strong> {hint}
          </p>
          <Button size="small" icon={X} onClick={() => void call('news.dismiss', { newsId: id }).catch(showFailure)}>
            I have read it
          </Button>
        </div>
      ))}
    </section>
  );
}

/** Owns typing a bandwidth cap: how much, and when it holds. Must not save. Used by settings and the queue dialog. */
import { TextField } from '../parts/text-field.tsx';
import { type CapDraft, hoursComplaints } from './cap-form.ts';
import type { Complaints } from './checked-form.ts';
import { HoursField } from './hours-field.tsx';

export interface CapFieldProps {
  readonly draft: CapDraft;
  readonly onChange: (draft: CapDraft) => void;
  /** At "bandwidthCap.bytesPerSecond", "bandwidthCap.hours.timeZone". */
  readonly complaints: Complaints;
  readonly help: string;
}

export function CapField({ draft, onChange, complaints, help }: CapFieldProps) {
  return (
    <>
      <TextField
        label="Bandwidth, in MB a second"
        value={draft.megabytes}
        onChange={(megabytes) => onChange({ ...draft, megabytes })}
        placeholder="no cap"
        help={help}
        failure={complaints['bandwidthCap.bytesPerSecond']}
      />
      {draft.megabytes.trim() !== '' && (
        <HoursField
          draft={draft.hours}
          onChange={(hours) => onChange({ ...draft, hours })}
          complaints={hoursComplaints(complaints)}
          label="Hours in which the cap holds"
          help="It always holds."
        />
      )}
    </>
  );
}

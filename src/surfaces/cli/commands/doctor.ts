import { type Doctor, type DoctorInput, doctor } from '../../../flows/doctor.ts';
import type { CommandSpec } from '../command.ts';
import { renderDoctor } from '../render/doctor.ts';

export const doctorCommand: CommandSpec<DoctorInput, Doctor> = {
  usage: 'doctor',
  summary: 'prove that all is well here, or say what to type',
  details:
    'Looks at git, the repository, the ledger, and every worktree; tries in each one whether the hooks fire. Exit 0 when all is well, else 1.',
  options: [{ flags: '--fix', summary: "mend what can be mended without touching anybody's work" }],
  examples: [{ command: 'gwt doctor --fix', what: 'put hooks and claims in order, take back half-made spawns' }],
  input: ({ options }) => ({ fix: options['fix'] === true }),
  flow: doctor,
  render: renderDoctor,
  exit: ({ ok }) => (ok ? 0 : 1),
};

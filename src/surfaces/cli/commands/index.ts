import type { CommandSpec } from '../command.ts';

// biome-ignore lint/suspicious/noExplicitAny: each command's input and result are its own; this list only starts them.
type Loaded = Promise<CommandSpec<any, any>>;

/** Every command by name, in the order of the help. A command's module is loaded when it is used. */
export const commands: Readonly<Record<string, () => Loaded>> = {
  init: async () => (await import('./init.ts')).initCommand,
  spawn: async () => (await import('./spawn.ts')).spawnCommand,
  queue: async () => (await import('./queue.ts')).queueCommand,
  loop: async () => (await import('./loop.ts')).loopCommand,
  run: async () => (await import('./run.ts')).runCommand,
  agents: async () => (await import('./agents.ts')).agentsCommand,
  prd: async () => (await import('./prd.ts')).prdCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  conflicts: async () => (await import('./conflicts.ts')).conflictsCommand,
  hook: async () => (await import('./hook.ts')).hookCommand,
  config: async () => (await import('./config.ts')).configCommand,
  rm: async () => (await import('./rm.ts')).rmCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  merge: async () => (await import('./merge.ts')).mergeCommand,
  inbox: async () => (await import('./inbox.ts')).inboxCommand,
  approve: async () => (await import('./approve.ts')).approveCommand,
  resolve: async () => (await import('./resolve.ts')).resolveCommand,
  resolutions: async () => (await import('./resolutions.ts')).resolutionsCommand,
  escalate: async () => (await import('./escalate.ts')).escalateCommand,
  undo: async () => (await import('./undo.ts')).undoCommand,
  show: async () => (await import('./show.ts')).showCommand,
  log: async () => (await import('./log.ts')).logCommand,
  events: async () => (await import('./events.ts')).eventsCommand,
  logs: async () => (await import('./logs.ts')).logsCommand,
  attach: async () => (await import('./attach.ts')).attachCommand,
  stop: async () => (await import('./stop.ts')).stopCommand,
  checkpoint: async () => (await import('./checkpoint.ts')).checkpointCommand,
  claim: async () => (await import('./claim.ts')).claimCommand,
  release: async () => (await import('./release.ts')).releaseCommand,
  owns: async () => (await import('./owns.ts')).ownsCommand,
  claims: async () => (await import('./claims.ts')).claimsCommand,
  note: async () => (await import('./note.ts')).noteCommand,
  handoff: async () => (await import('./handoff.ts')).handoffCommand,
  heartbeat: async () => (await import('./heartbeat.ts')).heartbeatCommand,
  gc: async () => (await import('./gc.ts')).gcCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
};

/** What is done about a loop that gives no sign of life: a person is told, its task goes back, or to another agent. */
export const STALE_POLICIES = ['alert', 'takeBack', 'reassign'] as const;
export type StalePolicy = (typeof STALE_POLICIES)[number];

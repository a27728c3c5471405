/** What a config says of paths, whatever tasks claim. Patterns are gitignore's. */
export interface OwnershipConfig {
  readonly frozen: readonly string[];
  readonly shared: readonly string[];
  /** Who must say yes before a path is changed, by pattern: tasks by their names, people as `@name`. */
  readonly approvers: Readonly<Record<string, string | readonly string[]>>;
  /** Whether the owners a CODEOWNERS file names must say yes too, or are only told of. */
  readonly codeowners: 'show' | 'approve';
  /** How long a task may leave a request for its paths unanswered before a person is asked. */
  readonly answerMinutes: number;
}

import { ownsOf } from './claims.ts';

/** Which changes a person must have seen: by path, as in .gitignore, and by label. */
export interface ConsentRule {
  readonly paths: readonly string[];
  readonly labels: readonly string[];
}

/** What is known of a branch that is to land. `messages` are those of its commits. */
export interface ConsentFacts {
  readonly paths: readonly string[];
  readonly labels: readonly string[];
  readonly messages: readonly string[];
}

/** More of them nobody reads. */
const SHOWN = 10;

/** Why a person must approve it, a line each; none where nobody need to. */
export function consentNeeded({ paths, labels }: ConsentRule, facts: ConsentFacts): readonly string[] {
  const isMeant = ownsOf(paths);
  const touched = paths.length === 0 ? [] : facts.paths.filter(isMeant);
  const shown = touched.slice(0, SHOWN).join(', ');
  const more = touched.length > SHOWN ? ` and ${touched.length - SHOWN} more` : '';
  const own = [...facts.labels, ...(facts.messages.some(isBreaking) ? ['breaking'] : [])];
  return [
    ...(touched.length > 0 ? [`it changes ${shown}${more}`] : []),
    ...labels.filter((label) => own.includes(label)).map((label) => `it is labelled ${label}`),
  ];
}

/** A commit that says of itself that it breaks what others build on (conventionalcommits.org: `feat!:`, `BREAKING CHANGE:`). */
const isBreaking = (message: string): boolean =>
  /^[a-z]+(\([^)\n]*\))?!:/i.test(message) || /^BREAKING[ -]CHANGE:/m.test(message);

import { list, type Wording } from './words.ts';

/** What is said when a claim is not taken. */
export const claimWords: Wording<
  'claim.overlap' | 'claim.none' | 'claim.foreign' | 'claim.unasked' | 'path.outside' | 'claim.invalid'
> = {
  'claim.overlap': ({ task, pattern, other, otherPattern, path }) => ({
    message: `the claim ${pattern} of ${task} overlaps ${otherPattern} of ${other}${path ? `: ${path} would belong to both` : ''}`,
    hint: `narrow --owns (a / in front means the top of the repository), or wait for ${other}: gwt show ${other}`,
  }),
  'claim.none': ({ task, patterns, holds }) => ({
    message: `${task} holds nothing of ${list(patterns)}`,
    hint: holds.length > 0 ? `it holds: ${list(holds)}` : 'gwt claims',
  }),
  'claim.foreign': ({ task, speaker, doing }) => ({
    message: `${speaker} may not ${doing} for ${task}`,
    hint: `gwt note ${task} "<what you need>"`,
  }),
  'claim.unasked': ({ request, state, known }) => ({
    message: `there is no open request ${request}${state === '' ? '' : `: it is ${state}`}`,
    hint: known.length > 0 ? `gwt claims (open: ${list(known)})` : 'gwt claims',
  }),
  'path.outside': ({ path, root }) => ({
    message: `${path} lies outside of ${root}`,
    hint: 'name a path of this repository',
  }),
  'claim.invalid': ({ pattern, why }) => ({
    message: `'${pattern}' is not a usable pattern: ${why}`,
    hint: "write it as in .gitignore, for example --owns 'src/auth/**'",
  }),
};

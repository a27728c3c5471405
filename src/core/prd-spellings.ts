/** Names under which PRD files keep their stories, as a list or as a map by id. The first that is there counts. */
export const LISTS = [
  'userStories',
  'stories',
  'tasks',
  'requirements',
  'features',
  'testCases',
  'conditions',
  'queue',
  'issues',
  'items',
] as const;

/** What a story's fields are called, gwt's own writing first: a field that is missing is added under that name. */
export const SPELLINGS = {
  id: ['id', 'key', 'identifier'],
  title: ['title', 'name', 'subject', 'must', 'action'],
  description: ['description', 'details', 'action', 'must', 'title'],
  criteria: ['acceptanceCriteria', 'acceptance_criteria', 'acceptance', 'criteria', 'checklist', 'steps', 'tests'],
  priority: ['priority'],
  passes: ['passes', 'completed', 'done'],
  status: ['status', 'state'],
  held: ['skipped', 'stuck', 'invalidTest', 'parked', 'needs_human_intervention', 'blocked'],
  notes: ['notes', 'completionNotes'],
  verify: ['verify', 'verification'],
  after: ['after', 'dependsOn', 'depends_on', 'depends-on', 'dependencies', 'blockedBy', 'blocked_by'],
} as const;

/** An object with one of these is a story; without, it is a fact about the whole file. */
export const STORY_MARKS = ['passes', 'description', 'title', 'acceptanceCriteria', 'status', 'completed'] as const;

/** Status words after which nothing is left to do on a story; the first is gwt's own. */
export const CLOSED =
  /^(done|closed|completed?|resolved|passed|merged|finished|rejected|cancell?ed|wont-?fix|duplicate|tombstone)$/i;

/** Words by which a file sets a story aside, so that nobody works on it before a person changes that. */
export const SET_ASIDE = /^(blocked|skipped|deferred|parked|on[ _-]hold|needs?[ _-](human|answer|info))$/i;

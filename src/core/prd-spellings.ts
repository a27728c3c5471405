/** Names under which PRD files keep their stories, as a list or as a map by id. The first that is there counts. */
export const LISTS = [
  'userStories',
  'stories',
  'tasks',
  'requirements',
  'features',
  'testCases',
  'conditions',
] as const;

/** What a story's fields are called, gwt's own writing first: a field that is missing is added under that name. */
export const SPELLINGS = {
  id: ['id', 'key'],
  title: ['title', 'name', 'subject', 'must', 'action'],
  description: ['description', 'details', 'action', 'must', 'title'],
  criteria: ['acceptanceCriteria', 'acceptance_criteria', 'acceptance', 'criteria', 'steps', 'tests'],
  priority: ['priority'],
  passes: ['passes', 'completed', 'done'],
  status: ['status'],
  notes: ['notes', 'completionNotes'],
  verify: ['verify', 'verification'],
  after: ['after', 'dependsOn', 'depends_on', 'depends-on', 'dependencies', 'blockedBy', 'blocked_by'],
} as const;

/** An object with one of these is a story; without, it is a fact about the whole file. */
export const STORY_MARKS = ['passes', 'description', 'title', 'acceptanceCriteria', 'status', 'completed'] as const;

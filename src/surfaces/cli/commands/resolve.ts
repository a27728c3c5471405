import type { Answer } from '../../../core/escalation.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type Resolution, type ResolveInput, resolve } from '../../../flows/resolve.ts';
import { type CommandSpec, text } from '../command.ts';
import { printable } from '../refused.ts';
import { renderMerged } from '../render/merged.ts';
import { exitOfMerge } from './merge.ts';

const ANSWERS: readonly Answer[] = [
  'ours',
  'theirs',
  'edit',
  'take',
  'retry',
  'drop',
  'answer',
  'allow',
  'grant',
  'share',
  'refuse',
];

const WITH_WORDS: ReadonlySet<Answer> = new Set<Answer>(['grant', 'share', 'refuse']);

export const resolveCommand: CommandSpec<ResolveInput, Resolution> = {
  usage: 'resolve <number>',
  summary: 'answer an escalation',
  details:
    'Answers an escalation of `gwt inbox`. In a conflict "ours" is the target and "theirs" is the branch. Whatever is ' +
    'decided, the branch lands with the same checks as any other: no conflict markers, and the gates pass.',
  options: [
    { flags: '--ours', summary: "take the target's side in the conflicting files" },
    { flags: '--theirs', summary: "take the branch's side in the conflicting files" },
    { flags: '--edit', summary: 'put the conflict into a folder of its own and say where' },
    { flags: '--take [file...]', summary: 'take the files as they are in that folder' },
    { flags: '--retry', summary: 'try again' },
    { flags: '--agent <name>', summary: 'with --retry: by this agent' },
    { flags: '--answer <text>', summary: 'tell the agent, with its next prompt' },
    { flags: '--allow', summary: 'let the changes outside the claim land' },
    {
      flags: '--grant',
      summary: 'give what is asked for: paths, as much budget again, or the changes outside the claim',
    },
    { flags: '--share', summary: 'let it and whoever holds them change them both' },
    { flags: '--refuse', summary: 'leave the paths with whoever holds them' },
    { flags: '--drop', summary: 'give it up; a task can be had back with gwt restore' },
  ],
  examples: [
    { command: 'gwt resolve 3 --edit', what: 'then edit the files it names, and: gwt resolve 3 --take' },
    { command: 'gwt resolve 3 --theirs', what: "the branch's version of the conflicting files lands" },
  ],
  input({ args, options }) {
    const named = ANSWERS.filter((answer) => options[answer] !== undefined && options[answer] !== false);
    // Words may come with an answer to a request: then they are its reason.
    const given = named.some((one) => WITH_WORDS.has(one)) ? named.filter((one) => one !== 'answer') : named;
    const [answer] = given;
    if (!answer || given.length > 1)
      throw new Refusal('usage.bad', {
        problem: `say one of ${ANSWERS.map((one) => `--${one}`).join(', ')}`,
        command: 'resolve',
      });
    const files = Array.isArray(options['take']) ? options['take'].map(String) : [];
    const agent = text(options['agent']);
    const said = text(options['answer']);
    return {
      id: args[0] ?? '',
      answer,
      files,
      ...(agent ? { agent } : {}),
      ...(said !== undefined ? { text: said } : {}),
    };
  },
  flow: resolve,
  render(result, style) {
    const merged = result.merged ? `${renderMerged(result.merged, style)}\n` : '';
    return `${merged}${printable(said(result))}`;
  },
  exit: ({ merged }) => (merged ? exitOfMerge(merged) : 0),
};

function said({ id, outcome, task, branch, folder, files = [], next }: Resolution): string {
  const then = next.length > 0 ? `\n${next.map((command) => `  ${command}`).join('\n')}` : '';
  switch (outcome) {
    case 'landed':
      return `Escalation ${id} is settled.${then}`;
    case 'open':
      return `Escalation ${id} stays open.${then}`;
    case 'editing':
      return `The conflict lies in ${folder}\nEdit there: ${files.join(', ')}\nthen:${then}`;
    case 'queued':
      return `Task ${task} can go on.${then}`;
    case 'answered':
      return `Answered; ${task ? `${task} reads it with its next prompt` : 'nobody waits for it'}.${then}`;
    case 'dropped':
      return `Task ${task} was given up; back with:${then}`;
    case 'kept':
      return `Closed; the branch ${branch} stays as it is. To delete it:${then}`;
  }
}

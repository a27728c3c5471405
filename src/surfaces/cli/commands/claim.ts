import type { ClaimRequest } from '../../../core/claim-request.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type AnswerInput, answerRequest, type ClaimAnswer } from '../../../flows/claims/answer.ts';
import { type Claimed, type ClaimInput, claim } from '../../../flows/claims/claim.ts';
import { voiceOf } from '../../../flows/claims/voice.ts';
import { type CommandSpec, duration, text } from '../command.ts';
import { renderAnswered, renderClaimed } from '../render/claimed.ts';

const ANSWERS: readonly ClaimAnswer[] = ['grant', 'share', 'refuse', 'withdraw'];

type Input = { readonly claim: ClaimInput } | { readonly answer: AnswerInput };
type Result = { readonly claimed: Claimed } | { readonly answered: ClaimRequest };

export const claimCommand: CommandSpec<Input, Result> = {
  usage: 'claim [pattern...]',
  summary: 'ask for paths, or answer one who asks for yours',
  details:
    "Patterns are as in .gitignore, seen from the top of the repository; a plain name is a path there. What nobody holds is the task's at once, and its " +
    'hooks let it through from then on. What another task holds, what is frozen, and what needs an approval is asked for: ' +
    'the answer comes with the next prompt. Exits with 3 while it waits for an answer.',
  options: [
    { flags: '--task <name>', summary: 'for this task; default: the one here' },
    { flags: '--shared', summary: 'others may claim and change the same; what conflicts is settled at landing' },
    { flags: '--ttl <time>', summary: 'give it back by itself after 90s, 30m, 2h, 1d' },
    { flags: '--why <words>', summary: 'what it is for, or why it is refused' },
    { flags: '--grant <request>', summary: 'give up what somebody asks for' },
    { flags: '--share <request>', summary: 'keep it, and let them change it too' },
    { flags: '--refuse <request>', summary: 'keep it' },
    { flags: '--withdraw <request>', summary: 'take back what you asked for' },
  ],
  examples: [
    { command: "gwt claim src/api.ts --why 'the login form needs a route'", what: 'as the agent of the task here' },
    { command: "gwt claim 'db/**' --task billing --ttl 2h", what: 'for two hours' },
    { command: 'gwt claim --grant r3', what: 'hands over what request r3 asks for' },
  ],
  input({ args, options }) {
    const given = ANSWERS.filter((answer) => options[answer] !== undefined);
    const [answer] = given;
    const why = text(options['why']);
    if (answer && (given.length > 1 || args.length > 0))
      throw new Refusal('usage.bad', {
        problem: 'answer one request at a time, and claim nothing with it',
        command: 'claim',
      });
    if (answer) return { answer: { answer, request: text(options[answer]) ?? '', ...(why ? { text: why } : {}) } };
    const task = text(options['task']);
    const ttl = duration(options, 'ttl', 'claim');
    const mode = options['shared'] === true ? 'shared' : 'exclusive';
    const more = { ...(task ? { task } : {}), ...(ttl === undefined ? {} : { ttl }), ...(why ? { why } : {}) };
    return { claim: { patterns: args, mode, ...more } };
  },
  async flow(ports, input) {
    if ('claim' in input) return { claimed: await claim(ports, input.claim) };
    return { answered: await answerRequest(ports, input.answer, await voiceOf(ports)) };
  },
  render: (result) => ('claimed' in result ? renderClaimed(result.claimed) : renderAnswered(result.answered)),
  exit: (result) => ('claimed' in result && result.claimed.request?.state === 'open' ? 3 : 0),
  json: (result) => ('claimed' in result ? result.claimed : result.answered),
};

import { type DecisionRecord, secondsOf } from '../../../core/patterns/decide.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type DecideInput, decide, decisions } from '../../../flows/patterns/decide.ts';
import { type CommandSpec, numberOption, text } from '../command.ts';
import { renderDecided, renderDecisions } from '../render/decided.ts';

type Result = DecisionRecord | { readonly decisions: readonly DecisionRecord[] };

const QUORUM = 0.66;
const MINUTES = '10m';
const ROUNDS = 2;

export const decideCommand: CommandSpec<DecideInput | undefined, Result> = {
  usage: 'decide [question...]',
  summary: 'have agents decide a question by proposals and votes',
  details:
    'Each agent proposes an answer, then each votes, not knowing whose a proposal is. What has the quorum is written down with its reasons; without one they debate once more, and then you are asked. Without a question: what was decided so far.',
  options: [
    { flags: '--agents <names>', summary: 'who is asked, as in a,b,c; a name may stand there several times' },
    { flags: '--quorum <share>', summary: `share of all who are asked that must agree; default: ${QUORUM}` },
    { flags: '--deadline <time>', summary: `when it ends whatever they say, as in 30s or 1h; default: ${MINUTES}` },
    { flags: '--rounds <n>', summary: `rounds of proposals and votes; default: ${ROUNDS}` },
    { flags: '--task <task>', summary: 'the task whose agent is told what was decided' },
  ],
  examples: [
    {
      command: "gwt decide 'sqlite or files for the cache?' --agents claude,codex,claude",
      what: 'two of three must agree',
    },
    { command: 'gwt decide', what: 'what was decided, and what waits for you' },
  ],
  input({ args, options }) {
    const question = args.join(' ').trim();
    const agents = (text(options['agents']) ?? '').split(',').map((name) => name.trim());
    const asked = agents.some((name) => name !== '');
    if (question === '' && !asked) return undefined;
    const quorum = Number(options['quorum'] ?? QUORUM);
    const deadlineSeconds = secondsOf(text(options['deadline']) ?? MINUTES);
    const task = text(options['task']);
    const problem =
      question === ''
        ? 'what is the question?'
        : !asked || agents.includes('')
          ? '--agents needs names with commas between them'
          : !(quorum > 0 && quorum <= 1)
            ? '--quorum is above 0 and at most 1'
            : deadlineSeconds === undefined
              ? '--deadline is a time as in 30s, 10m or 1h'
              : undefined;
    if (problem || deadlineSeconds === undefined)
      throw new Refusal('usage.bad', { problem: problem ?? '', command: 'decide' });
    const rounds = numberOption(options, 'rounds', 'decide') ?? ROUNDS;
    return { question, agents, quorum, deadlineSeconds, rounds, ...(task ? { task } : {}) };
  },
  flow: async (ports, input) => (input ? decide(ports, input) : { decisions: await decisions(ports) }),
  render: (result, style) =>
    'decisions' in result ? renderDecisions(result.decisions, style) : renderDecided(result, style),
  exit: (result) => ('decisions' in result || result.outcome === 'decided' ? 0 : 3),
};

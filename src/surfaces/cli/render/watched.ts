import type { Step } from '../../../flows/merge/watch.ts';
import { wordsOf } from '../../wording.ts';
import { inPaths } from '../../words.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';

/** One line for each thing a watch tells, with what to type where a person is needed. */
export function renderStep(step: Step, style: Style): string {
  return printable(wordsFor(step, style)).replace(/\n+/g, ' ');
}

/** The same as one line of JSON. */
export function jsonOfStep(step: Step): string {
  if (step.type !== 'refused') return JSON.stringify(step);
  const { code, facts } = step.refusal;
  return JSON.stringify({ type: 'refused', error: { code, ...wordsOf(step.refusal), facts } });
}

function wordsFor(step: Step, style: Style): string {
  switch (step.type) {
    case 'watching':
      return style.dim(`watching for what lands on ${step.target}; Ctrl-C ends it`);
    case 'landed':
      return `${style.green('landed')}     ${step.branch}  ${step.target} at ${step.head.slice(0, 10)}, landing ${step.landing}`;
    case 'escalated':
      return `${style.yellow('needs you')}  ${step.branch}  ${step.reason}${inPaths(step.paths)}: gwt inbox show ${step.id}`;
    case 'bounced':
      return `${style.red('sent back')}  ${step.branch}  ${step.reason.split('\n')[0]}`;
    case 'red':
      return `${style.red('red')}        the gate ${step.gate} fails on ${step.target} itself: nothing lands until that is mended`;
    case 'pushed':
      return step.outcome === 'pushed'
        ? `${style.green('pushed')}     to ${step.remote} ${step.branch}`
        : `${style.red('not pushed')} ${step.remote} ${step.branch} is as it was: ${step.why}`;
    case 'waits':
      return `${style.dim('waits')}      for ${step.holder}`;
    case 'refused': {
      const { message, hint } = wordsOf(step.refusal);
      return `${style.yellow('waits')}      ${message}; try: ${hint}`;
    }
    case 'ended':
      return style.dim(`ended; landed: ${step.landed}`);
  }
}

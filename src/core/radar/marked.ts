/** A stretch of a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
/** One side of a text with conflict markers: the whole text as that side has it, and where the conflicts are in it. */
export interface MarkedSide {
  readonly text: string;
  readonly spans: readonly Span[];
}

const MARKERS = /^(<{7,}|\|{7,}|={7,}|>{7,})(?: .*)?\r?$/;
const NEXT: Readonly<Record<string, 'ours' | 'base' | 'theirs' | undefined>> = {
  '<': 'ours',
  '|': 'base',
  '=': 'theirs',
};

/** Both sides of a text with conflict markers, as git writes them with a base (diff3) or without. */
export function sidesIn(marked: string): { readonly ours: MarkedSide; readonly theirs: MarkedSide } {
  const made = { ours: { text: '', spans: [] as Span[] }, theirs: { text: '', spans: [] as Span[] } };
  const begun = { ours: 0, theirs: 0 };
  let at: 'both' | 'ours' | 'base' | 'theirs' = 'both';
  for (const line of marked.split(/(?<=\n)/)) {
    const sign = MARKERS.exec(line.replace(/\n$/, ''))?.[1]?.[0];
    const expected = sign !== undefined && ORDER[at].includes(sign);
    if (expected && sign === '<') for (const side of SIDES) begun[side] = made[side].text.length;
    if (expected && sign === '>')
      for (const side of SIDES) made[side].spans.push({ start: begun[side], end: made[side].text.length });
    if (expected) at = NEXT[sign] ?? 'both';
    else for (const side of SIDES) if (at === 'both' || at === side) made[side].text += line;
  }
  return made;
}

const SIDES = ['ours', 'theirs'] as const;
/** Which markers may follow where; another line that looks like one belongs to the text. */
const ORDER = { both: '<', ours: '|=', base: '=', theirs: '>' } as const;

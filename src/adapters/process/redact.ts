const WORD = '[secret]';
const MASK = Buffer.from(WORD);

/** Shorter texts would hit by accident; no key is that short. */
const SHORTEST = 6;

/** Takes secrets out of a stream, also where one is cut in two by the end of a chunk. */
export function redactor(secrets: readonly string[]): { add(chunk: Buffer): Buffer; end(): Buffer } {
  const wanted = secrets.filter(({ length }) => length >= SHORTEST).map((secret) => Buffer.from(secret));
  const keep = Math.max(0, ...wanted.map(({ length }) => length - 1));
  let held: Buffer = Buffer.alloc(0);
  if (wanted.length === 0) return { add: (chunk) => chunk, end: () => held };
  return {
    add(chunk) {
      const clean = wanted.reduce(without, Buffer.concat([held, chunk]));
      const cut = Math.max(0, clean.length - heldBack(clean, wanted, keep));
      held = clean.subarray(cut);
      return clean.subarray(0, cut);
    },
    end() {
      const rest = held;
      held = Buffer.alloc(0);
      return rest;
    },
  };
}

function without(bytes: Buffer, secret: Buffer): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, from)) {
    parts.push(bytes.subarray(from, at), MASK);
    from = at + secret.length;
  }
  return from === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
}

/** How many bytes at the end could be the beginning of a secret. */
function heldBack(bytes: Buffer, wanted: readonly Buffer[], most: number): number {
  for (let length = Math.min(most, bytes.length); length > 0; length -= 1) {
    const end = bytes.subarray(bytes.length - length);
    if (wanted.some((secret) => secret.length > length && secret.subarray(0, length).equals(end))) return length;
  }
  return 0;
}

import { parseAllDocuments } from 'yaml';
import { type Parse, parsesAsJson } from '../../core/merge/proof.ts';

/** What is wrong with a text as JSON or YAML, by the end of its path. A reader for another kind of file goes here. */
export const parses: Parse = (path, text) => {
  if (!/\.ya?ml$/i.test(path)) return parsesAsJson(path, text);
  const documents = parseAllDocuments(text);
  return 'empty' in documents ? undefined : documents.flatMap(({ errors }) => errors)[0]?.message;
};

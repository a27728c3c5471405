const IMPORT =
  /^(import\b.*|from\s+[\w.]+\s+import\b.*|export\s+(type\s+)?(\*|\{[^}]*\}).*\bfrom\b.*|(const|let|var)\s+[\w{}$,\s:]+=\s*require\(.*\).*|using\s+[\w.=\s]+;|(pub(\([^)]*\))?\s+)?(use|mod|extern\s+crate)\s.*;|#\s*include\b.*|(\w+\s+|\.\s+|_\s+)?"[\w./@-]+")$/;

/** True for a line that imports, includes or exports again from elsewhere. */
export const isImport = (line: string): boolean => IMPORT.test(line.trim());

/** Lines for a git config file that set these names (`section.key`); a value set later in a file wins. */
export function configLines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      const [section = '', key = ''] = name.split('.');
      return `[${section}]\n\t${key} = ${quoted(value)}\n`;
    })
    .join('');
}

/** (git-config(1), "Syntax": what must be escaped inside double quotes.) */
function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}

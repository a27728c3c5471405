/** Seconds as people say them: 40s, 12m, 3h, 2d. */
export function ageOf(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** Bytes as people say them. */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const steps = ['kB', 'MB', 'GB', 'TB'];
  let size = bytes / 1000;
  let step = 0;
  for (; size >= 999.5 && step < steps.length - 1; step += 1) size /= 1000;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${steps[step]}`;
}

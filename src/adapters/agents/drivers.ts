import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { command } from './command.ts';
import type { Driver } from './driver.ts';
import { scripted } from './scripted.ts';

/** Every driver by the name config uses. A new one is a file and a line here. */
export const drivers: Readonly<Record<string, Driver>> = { claude, codex, command, scripted };

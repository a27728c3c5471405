import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

/** One file, so that a start reads one file; modules of a command run when the command does. */
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { gwt: 'src/start.ts', 'scripted-agent': 'src/scripted/start.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  keepNames: true,
  legalComments: 'linked',
  external: ['jiti', 'typescript'],
  banner: { js: "const __gwtUrl=require('node:url').pathToFileURL(__filename).href;" },
  // Code that runs from a compiled cache has no import(): what stays outside the bundle is required.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__gwtUrl' },
  logLevel: 'warning',
});
chmodSync('bin/gwt.js', 0o755);

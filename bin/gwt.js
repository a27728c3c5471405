#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const HOME = join(__dirname, '..');

// The version is answered before the program is loaded: prompts and scripts ask for it often.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')).version}\n`);
} else if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(`gwt: needs Node 20 or newer, and this is ${process.version}\n`);
  process.exitCode = 1;
} else {
  require('./load.js').load(join(HOME, 'dist', 'gwt.cjs'));
}

import { main } from './main.ts';

// Apart from main, so that tests can open the real ports without starting the program.
void main(process.argv.slice(2));

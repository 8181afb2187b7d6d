/** Lines of several processes on one descriptor: whole, and no faster than the reader. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { until } from '../testing/until.js';
import { wholeLines } from './whole-lines.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('are whole however they come, and what was half said at the end is dropped', async () => {
  const file = join(folder, 'log');
  const lines = wholeLines(openSync(file, 'w'));
  const streams = ['a', 'b', 'c'].map((letter) => ({ letter, stream: new PassThrough() }));
  for (const { stream } of streams) lines.add(stream);
  for (let n = 0; n < 300; n++)
    for (const { letter, stream } of streams) {
      stream.write(letter.repeat(n * 7));
      if (n % 3 === 0) await new Promise(setImmediate);
      stream.write(n % 2 === 0 ? '\n' : `\n${letter}\n${letter}${letter}`);
    }
  lines.write('own\n');
  for (const { stream } of streams) stream.end('\nhalf');
  await Promise.all(streams.map(({ stream }) => new Promise((resolve) => stream.once('close', resolve))));
  await lines.close();
  const text = readFileSync(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  const written = text.split('\n');
  expect(written.filter((line) => !/^(?:a*|b*|c*|own)$/.test(line))).toEqual([]);
  const expected = 300 * 1.5 + 1;
  // The last element stands behind the last line feed.
  expect(written.length - 1).toBe(3 * expected + 1);
});

it('are not taken from who says them while the reader is slow', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  // Linux opens both ends at once; a write to a full pipe waits.
  const fd = openSync(path, constants.O_RDWR);
  const lines = wholeLines(fd);
  const stream = new PassThrough();
  lines.add(stream);
  const line = `${'x'.repeat(9999)}\n`;
  let said = 0;
  while (stream.write(line)) {
    said++;
    await new Promise(setImmediate);
  }
  said++;
  // The pipe, one write and what a stream takes in advance: far less than what was tried.
  expect(said).toBeLessThan(100);
  stream.end();
  const buffer = Buffer.alloc(65_536);
  let read = 0;
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  await until(() => {
    try {
      read += readSync(reader, buffer);
    } catch {
      // Nothing there just now.
    }
    return read === said * line.length;
  }, 'all of it is read');
  await lines.close();
  closeSync(reader);
});

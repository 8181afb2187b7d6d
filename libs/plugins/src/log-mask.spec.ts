/** What is masked is masked whole, however the text came to an end (plugins, section 5.13). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import type { RecordMask } from './kit/record-mask.js';
import { logMask } from './log-mask.js';
import { compileContext } from './testing/make-exchange.js';

type Rule = Readonly<Record<string, unknown>>;

function masks(...rules: readonly Rule[]): RecordMask {
  const { config, problems } = checkPlugin('logMask', { rules: rules.map((rule, n) => ({ name: `rule ${n}`, ...rule })) });
  if (config === null) throw new Error(JSON.stringify(problems));
  return logMask.compile(config as never, compileContext()).mask!;
}

const value = (policy?: string) =>
  masks({ location: 'REQUEST_QUERY', parameters: ['a'], ...(policy !== undefined && { policy }) }).query.get('a')!;
const inBody = (matchMode: string, policy = 'ALL') => ({ location: 'REQUEST_BODY', matchMode, policy });
const body = (text: string, ...rules: readonly Rule[]) => masks(...rules).requestBody!(text, false);
const cutBody = (text: string, ...rules: readonly Rule[]) => masks(...rules).requestBody!(text, true);

describe('a value', () => {
  it.each([
    [undefined, '******'],
    ['ALL', '******'],
    ['KEEP_LEFT:3', '123***'],
    ['KEEP_RIGHT:3', '***456'],
    ['keep_center: 2, 2', '**34**'],
    ['KEEP_CENTER:5,4', '*****6'],
    ['KEEP_CENTER:6,1', '******'],
    ['KEEP_LEFT:5', '12345*'],
    ['KEEP_LEFT:0', '******'],
  ])('keeps what %s says', (policy, expected) => {
    expect(value(policy)('123456')).toBe(expected);
  });

  it.each(['KEEP_LEFT:6', 'KEEP_RIGHT:6', 'KEEP_RIGHT:100', 'KEEP_CENTER:0,6', 'KEEP_CENTER:0,7'])(
    'that is not longer than what %s keeps goes whole',
    (policy) => {
      expect(value(policy)('123456')).toBe('******');
    },
  );

  it('has one star for each character, not for each half of one', () => {
    expect(value('KEEP_LEFT:1')('\u{1f600}a\u{1f600}é')).toBe('\u{1f600}***');
    expect(value()('')).toBe('');
  });

  it('is found by its name: of headers in any letter case, of others as it is written', () => {
    const made = masks(
      { location: 'REQUEST_HEADER', parameters: ['X-Phone', 'x-phone'], policy: 'KEEP_LEFT:1' },
      { location: 'response_header', parameters: ['X-Mail'] },
      { location: 'REQUEST_TOKEN', parameters: ['Sub', 'sub'] },
    );
    expect(made.requestHeaders.get('x-phone')!('123')).toBe('1**');
    expect([...made.responseHeaders.keys(), ...made.claims.keys()]).toEqual(['x-mail', 'Sub', 'sub']);
    expect([made.requestBody, made.responseBody, made.query.size]).toEqual([null, null, 0]);
  });

  it('of several rules is masked by each, over what the one before left', () => {
    const rule = { location: 'REQUEST_QUERY', parameters: ['a'] };
    const made = masks({ ...rule, policy: 'KEEP_LEFT:4' }, { ...rule, policy: 'KEEP_RIGHT:4' });
    expect(made.query.get('a')!('123456')).toBe('**34**');
  });
});

describe('in a body', () => {
  it.each([
    ['D:4', 'a123 1234 12345,x99999y', 'a123 **** *****,x*****y'],
    ['HEX:4', 'abc 0aF9 beefG 12-34', 'abc **** ****G 12-34'],
    ['C:4', 'abc ab1c, abcde é1é abcé', 'abc ****, ***** é1é abcé'],
    ['EMAIL', '{"m":"joe.a+b@x-y.org"} @joe joe@ a@b', '{"m":"***************"} @joe joe@ ***'],
    ['EMAIL', 'm=joe%40x.org&n=o%27x%40y', 'm=*********&n=*****'],
    ['EMAIL', 'a@b@c.d @e', '******* @e'],
    ['IDCARD', '12345678901234 123456789012345 1234567890123456', '12345678901234 *************** 1234567890123456'],
    [
      'IDCARD',
      '12345678901234567X 123456789012345678 1234567890123456789',
      '****************** ****************** 1234567890123456789',
    ],
    ['IDCARD', '12345678901234567x12 12345678901234567', '******************12 12345678901234567'],
    ['D:11', '{"phone":"\\u003113812345678","n":"%313812345678"}', '{"phone":"************","n":"***********"}'],
    ['D:4', '\u{1f600}1234\u{1f600}', '\u{1f600}****\u{1f600}'],
  ])('%s finds what it is to find in %s', (matchMode, text, expected) => {
    expect(body(text, inBody(matchMode))).toBe(expected);
  });

  it.each(['{"a":"13812345678', '{"a":13812345678,,}}', '[[[[13812345678', '13812345678\u0000'])(
    'nothing has to be well-formed: %j',
    (text) => {
      expect(body(text, inBody('D:11', 'KEEP_LEFT:3'))).toBe(text.replace('13812345678', '138********'));
    },
  );

  it('what is found keeps what the policy says', () => {
    expect(body('1: 1234567890123456', inBody('D:16', 'KEEP_RIGHT:4'))).toBe('1: ************3456');
    expect(body('joe@x.org', inBody('email', 'KEEP_LEFT:2'))).toBe('jo*******');
  });

  it('rules go over what the ones before left', () => {
    expect(body('joe1234@x.org', inBody('D:4'), inBody('EMAIL'))).toBe('*************');
    expect(body('12345678', inBody('D:8', 'KEEP_LEFT:4'), inBody('D:4', 'KEEP_RIGHT:1'))).toBe('***4****');
  });
});

describe('in a body that was cut', () => {
  it.each([
    ['D:11', 'ALL', 'n=138123', 'n=******'],
    ['D:11', 'KEEP_LEFT:3', 'n=138123', 'n=******'],
    ['D:11', 'KEEP_LEFT:3', 'n=13812345678', 'n=138********'],
    ['D:11', 'KEEP_RIGHT:4', 'n=1381234567890', 'n=*************'],
    ['D:11', 'KEEP_CENTER:3,20', 'n=1381234567890', 'n=*************'],
    ['EMAIL', 'ALL', 'm=joe', 'm=***'],
    ['EMAIL', 'ALL', 'm=joe@', 'm=****'],
    ['EMAIL', 'KEEP_RIGHT:3', 'm=joe@x.o', 'm=*******'],
    ['IDCARD', 'ALL', 'n=11010119', 'n=********'],
    ['IDCARD', 'KEEP_LEFT:6', 'n=110101199003071234', 'n=******************'],
    ['IDCARD', 'ALL', 'n=11010119900307123456', 'n=11010119900307123456'],
    ['HEX:8', 'ALL', 'k=c0ffee', 'k=******'],
    ['D:4', 'ALL', 'a 123%3', 'a ***'],
    ['D:4', 'ALL', 'a 123%', 'a ***'],
    ['D:4', 'ALL', '"123\\u003', '"***'],
    ['D:4', 'ALL', '"123\\', '"***'],
  ])('%s %s takes what stands at the end of %s for the beginning of more', (matchMode, policy, text, expected) => {
    expect(cutBody(text, inBody(matchMode, policy))).toBe(expected);
  });

  it('nothing else is masked', () => {
    expect(cutBody('123 4567 1,', inBody('D:4'), inBody('EMAIL'), inBody('IDCARD'))).toBe('123 **** 1,');
  });

  it('no rule shows a character that it would not show of the whole', () => {
    const piece = fc.oneof(
      fc.constantFrom('a', 'f', 'z', 'X', '@', '.', ' ', '"', '*', '1', '2', '\u{1f600}'),
      fc.string({ unit: fc.constantFrom('0', '7'), minLength: 1, maxLength: 20 }),
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    const count = fc.integer({ min: 1, max: 12 });
    const matchMode = fc.oneof(
      fc.constantFrom('EMAIL', 'IDCARD'),
      fc.tuple(fc.constantFrom('D', 'HEX', 'C'), count).map(([kind, n]) => `${kind}:${n}`),
    );
    const policy = fc.oneof(
      fc.constant('ALL'),
      fc.tuple(fc.constantFrom('KEEP_LEFT', 'KEEP_RIGHT'), count).map(([kind, n]) => `${kind}:${n}`),
      fc.tuple(count, count).map(([start, length]) => `KEEP_CENTER:${start},${length}`),
    );
    const rules = fc.array(fc.tuple(matchMode, policy), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(text, fc.nat({ max: 200 }), rules, (whole, at, given) => {
        const characters = [...whole];
        const mask = masks(...given.map(([mode, kept]) => inBody(mode, kept))).requestBody!;
        const shown = [...mask(whole, false)];
        const seen = [...mask(characters.slice(0, at).join(''), true)];
        expect(seen).toHaveLength(Math.min(at, characters.length));
        for (const [n, character] of seen.entries()) expect([n, ['*', shown[n]].includes(character)]).toEqual([n, true]);
      }),
      { numRuns: 1000 },
    );
  });
});

it('looks at each character once: half a million in a row are done in no time, and not in hours', () => {
  const rules = ['EMAIL', 'IDCARD', 'D:1024', 'HEX:1024', 'C:1024'].map((mode) => inBody(mode));
  const mask = masks(...rules).requestBody!;
  for (const pair of ['a@', '@a', '@@', 'aa', '%4', '1X']) expect(mask(pair.repeat(250_000), false)).toHaveLength(500_000);
});

describe('a configuration', () => {
  const rule = { name: 'one', location: 'REQUEST_BODY', matchMode: 'D:11' };
  const header = { name: 'two', location: 'REQUEST_HEADER', parameters: ['X-A'] };
  const complaints = (rules: unknown, more: object = {}) =>
    checkPlugin('logMask', { rules, ...more }).problems.map(({ path, message }) => `${path} ${message}`);

  it.each([
    [[], ['rules Too small: expected array to have >=1 items']],
    [Array.from({ length: 65 }, (_, n) => ({ ...rule, name: String(n) })), ['rules Too big: expected array to have <=64 items']],
    [[rule, rule], ['rules[1].name "one" stands twice']],
    [[{ ...rule, matchMode: undefined }], ['rules[0].matchMode is required with REQUEST_BODY']],
    [[{ ...rule, parameters: ['a'] }], ['rules[0].parameters is not for bodies']],
    [[{ ...header, parameters: undefined }], ['rules[0].parameters is required with REQUEST_HEADER']],
    [[{ ...header, matchMode: 'EMAIL' }], ['rules[0].matchMode is for bodies only']],
    [[{ ...header, parameters: ['X A', 'b'] }], ['rules[0].parameters[0] must be a header name']],
    [[{ ...header, parameters: [] }], ['rules[0].parameters Too small: expected array to have >=1 items']],
    [[{ ...rule, name: '' }], ['rules[0].name Too small: expected string to have >=1 characters']],
    [[{ ...rule, pattern: '.*' }], ['rules[0].pattern is not a known field']],
  ])('is refused with the field that is wrong: %#', (rules, expected) => {
    expect(complaints(rules)).toEqual(expected);
  });

  it.each(['D', 'D:', 'D:0', 'D:1025', 'D:99999', 'D:-1', 'D:1.5', 'E:3', 'EMAIL:3', 'IDCARD ', '(a+)+$', '', 5, null])(
    'takes no other match mode: %j',
    (matchMode) => {
      expect(complaints([{ ...rule, matchMode }]).map((each) => each.split(' ')[0])).toEqual(['rules[0].matchMode']);
    },
  );

  it.each(['NONE', 'KEEP_LEFT', 'KEEP_LEFT:', 'KEEP_LEFT:1025', 'KEEP_CENTER:1', 'KEEP_CENTER:2000,1', 'KEEP_RIGHT:1,2', '', 3])(
    'takes no other policy: %j',
    (policy) => {
      expect(complaints([{ ...rule, policy }]).map((each) => each.split(' ')[0])).toEqual(['rules[0].policy']);
    },
  );
});

/** `?tag=key:value` on lists of what may be tagged. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, Matches } from 'class-validator';
import { And, type FindOperator, MoreThan, Raw } from 'typeorm';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { TAGS_AT_MOST, type Tagged } from './tag-rules.js';

/** Key, colon and value, of 128 characters each. */
const PAIR = /^(?=.*:)[^\p{Cc}\p{Cs}]{2,257}$/u;

export class TaggedPageQuery extends PageQuery {
  @ApiPropertyOptional({
    type: [String],
    maxItems: TAGS_AT_MOST,
    description: 'Those with this tag, as `key:value`; repeated: with all of them.',
    example: ['team:orders'],
  })
  @Optional()
  @Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value]))
  @ArrayMaxSize(TAGS_AT_MOST)
  @ArrayUnique({ message: 'must not name one twice' })
  @Matches(PAIR, { each: true, message: 'each must be key:value' })
  tag?: string[];
}

/**
 * Which ids a page shows: those after the cursor, with all the tags that the query names. The account is that of who asks: tags of
 * others are none.
 */
export function idsOfPage(
  after: string | null,
  { tag: pairs = [] }: TaggedPageQuery,
  accountId: string,
  type: Tagged,
): { id?: FindOperator<string> } {
  const id = type === 'app' ? 'resource_id::bigint' : 'resource_id';
  const each = pairs.map((pair, n) =>
    Raw<string>(
      (column) =>
        `${column} IN (SELECT ${id} FROM tags WHERE account_id = :tagAccount AND resource_type = '${type}' AND pair = :tag${n})`,
      { tagAccount: accountId, [`tag${n}`]: pair },
    ),
  );
  const all = after === null ? each : [MoreThan(after), ...each];
  return all.length === 0 ? {} : { id: And(...all) };
}

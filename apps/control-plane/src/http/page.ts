/** Lists by cursor: ordered by a unique key, each page starts after the last key of the one before. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { malformed } from './problem.js';

export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 50, description: 'Items on a page.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The `next` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(400)
  cursor?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** The key after which the page starts; null for the first page. */
export function cursorOf({ cursor }: { readonly cursor?: string | undefined }): string | null {
  if (cursor === undefined) return null;
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (key === '' || Buffer.from(key).toString('base64url') !== cursor || key.includes('\0'))
    throw malformed([{ path: 'cursor', message: 'must be the next of an earlier page' }]);
  return key;
}

/** @param rows up to `limit + 1` rows in order: the one too many says that there is another page */
export function pageOf<Row, T>(
  rows: readonly Row[],
  { limit }: Pick<PageQuery, 'limit'>,
  keyOf: (row: Row) => string,
  show: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? Buffer.from(keyOf(last)).toString('base64url') : null;
  return { items: shown.map(show), next };
}

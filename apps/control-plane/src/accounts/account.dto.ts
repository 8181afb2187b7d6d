/** Accounts as the management API takes and shows them. */
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { DISPLAY_NAME, DISPLAY_NAME_RULE } from './display-name.js';

export class CreateAccount {
  @ApiProperty({ description: '1 to 64 printable characters; unique.', example: 'payments' })
  @Matches(DISPLAY_NAME, { message: DISPLAY_NAME_RULE })
  name!: string;
}

export class AccountView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ example: 'payments' })
  name!: string;

  @ApiProperty({ description: 'True for the one whose admins manage accounts and instances.' })
  isDefault!: boolean;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;
}

export class AccountPage {
  @ApiProperty({ type: [AccountView] })
  items!: AccountView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

/** A field that may be left out; unlike class-validator's IsOptional it does not take null for absence. */
import { ValidateIf } from 'class-validator';

export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

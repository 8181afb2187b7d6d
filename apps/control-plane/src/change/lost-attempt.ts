/** Thrown inside the door when another attempt has taken over the request's `Idempotency-Key`: this one must not be done too. */
export class LostAttempt extends Error {
  constructor() {
    super('Another attempt holds the Idempotency-Key by now.');
    this.name = 'LostAttempt';
  }
}

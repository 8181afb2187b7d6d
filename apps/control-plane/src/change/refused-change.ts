/** Thrown out of the door when a write would publish something that does not compile: answered with 422. */
export class RefusedChange extends Error {
  /** `errors` name the place and the complaint, all of them at once. */
  constructor(readonly errors: ReadonlyArray<{ readonly path: string; readonly message: string }>) {
    super('The change would publish a definition that the gateway refuses.');
    this.name = 'RefusedChange';
  }
}

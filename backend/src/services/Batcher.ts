/**
 * Lets calls that are made at about the same time travel together: while one request is under way, those that come
 * meanwhile gather for the next. Answers come in the order of the calls; a request that fails fails its own calls alone.
 */
export class Batcher<Item, Result> {
  readonly #send: (items: Item[]) => Promise<readonly Result[]>;
  readonly #most: number;
  #waiting: { item: Item; resolve: (result: Result) => void; reject: (reason: unknown) => void }[] = [];
  #isUnderWay = false;

  /** `most`: so many in one request. */
  constructor(most: number, send: (items: Item[]) => Promise<readonly Result[]>) {
    this.#most = most;
    this.#send = send;
  }

  call(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#isUnderWay) return;
      this.#isUnderWay = true;
      // What is called in the same turn goes with it.
      setImmediate(() => void this.#sendAll());
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const calls = this.#waiting.splice(0, this.#most);
      try {
        const results = await this.#send(calls.map(({ item }) => item));
        for (const [index, { resolve, reject }] of calls.entries()) {
          const result = results[index];
          if (result === undefined) reject(new Error('A call of a batch got no answer.'));
          else resolve(result);
        }
      } catch (error) {
        for (const { reject } of calls) reject(error);
      }
    }
    this.#isUnderWay = false;
  }
}

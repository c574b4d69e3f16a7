/**
 * The time of another machine on this one's stopwatch. Of several readings the one that was answered fastest is the
 * most exact; it ages, because clocks drift apart.
 */
export class RemoteTime {
  #best: { offset: number; uncertainty: number; at: number } | undefined;

  /** Notes what the other clock said between two moments here. */
  note(remoteNow: number, { askedAt, answeredAt }: { askedAt: number; answeredAt: number }): void {
    const offset = remoteNow - (askedAt + answeredAt) / 2;
    const uncertainty = (answeredAt - askedAt) / 2;
    const best = this.#best;
    if (best) {
      const aged = this.uncertaintyAt(answeredAt);
      const wasSet = Math.abs(offset - best.offset) > aged + uncertainty + 1;
      if (!wasSet && uncertainty > aged) return;
    }
    this.#best = { offset, uncertainty, at: answeredAt };
  }

  /** How many milliseconds too early or too late what `toLocal` says may be. */
  uncertaintyAt(now: number): number {
    return this.#best ? this.#best.uncertainty + (now - this.#best.at) / 10_000 : 0;
  }

  /** When, on the stopwatch, a moment of the other clock is. */
  toLocal(remote: number): number {
    return remote - (this.#best?.offset ?? 0);
  }
}

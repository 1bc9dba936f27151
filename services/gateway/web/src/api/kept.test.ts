import { effect } from 'vue';
import { describe, expect, it, vi } from 'vitest';
import { kept } from './kept';

const soon = () => new Promise((resolve) => setTimeout(resolve));

describe('what many rows point to', () => {
  it('is read once, whoever asks', async () => {
    const read = vi.fn(async (name: string) => name.toUpperCase());
    const names = kept(read);
    expect(await Promise.all([names.read('a'), names.read('a')])).toEqual(['A', 'A']);
    expect(names.now('a')).toBe('A');
    expect(read).toHaveBeenCalledOnce();
  });

  it('is told to a template when it is there', async () => {
    const names = kept(async (name: string) => name.toUpperCase());
    const shown: (string | undefined)[] = [];
    effect(() => void shown.push(names.now('a')));
    await soon();
    expect(shown).toEqual([undefined, 'A']);
  });

  it('is not read where a page knows it, also when a read is under way', async () => {
    let answer = (_: string) => {};
    const names = kept(() => new Promise<string>((resolve) => (answer = resolve)));
    const reading = names.read('a');
    names.put('a', 'new');
    answer('old');
    await reading;
    expect(names.now('a')).toBe('new');
  });

  it('is asked for again when a read failed', async () => {
    const read = vi.fn().mockRejectedValueOnce(new Error('gone')).mockResolvedValue('A');
    const names = kept<string>(read);
    await expect(names.read('a')).rejects.toThrow('gone');
    expect(await names.read('a')).toBe('A');
  });

  it('is not asked for by every rendering while it cannot be read', async () => {
    const read = vi.fn().mockRejectedValue(new Error('gone'));
    const names = kept<string>(read);
    for (let rendering = 0; rendering < 3; rendering++) {
      expect(names.now('a')).toBeUndefined();
      await soon();
    }
    expect(read).toHaveBeenCalledOnce();
  });
});

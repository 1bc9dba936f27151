import { expect, test } from 'vitest';
import { deviceText } from './device';

test('browsers are called as people call them, programs as they call themselves', () => {
  expect(deviceText('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0')).toBe('Edge, Windows');
  expect(deviceText('Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.0 Safari/604.1')).toBe('Safari, iOS');
  expect(deviceText('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safa')).toBe('Chrome, Linux');
  expect(deviceText('kepu-desk 1.0')).toBe('kepu-desk 1.0');
});

// Reads QR codes from pictures: by the browser where it can, else by jsQR, which is fetched when it is needed.
interface Detector {
  detect: (image: ImageBitmapSource) => Promise<{ rawValue: string }[]>;
}
interface DetectorMaker {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats: () => Promise<string[]>;
}
export type Reader = (source: CanvasImageSource & ImageBitmapSource, width: number, height: number) => Promise<string>;

let reader: Promise<Reader> | undefined;

async function native(): Promise<Reader | undefined> {
  const maker = (globalThis as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
  const formats = await maker?.getSupportedFormats().catch(() => [] as string[]);
  if (!maker || !formats?.includes('qr_code')) return undefined;
  const detector = new maker({ formats: ['qr_code'] });
  return async (source) => (await detector.detect(source))[0]?.rawValue ?? '';
}

async function own(): Promise<Reader> {
  const { default: read } = await import('jsqr');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return (source, width, height) => {
    const scale = Math.min(1, 1000 / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    return Promise.resolve(read(image.data, image.width, image.height)?.data ?? '');
  };
}

export const qrReader = () => (reader ??= native().then((found) => found ?? own()));

export async function readPicture(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file);
  try {
    return await (await qrReader())(picture, picture.width, picture.height);
  } finally {
    picture.close();
  }
}

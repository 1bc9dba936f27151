// Hands bytes or a text to the reader as a file: no address of ours is opened for it. Phones want the link to be in the page.
export function download(name: string, data: BlobPart, type: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([data], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Photographs are made small before they are sent: a phone's ten megabytes do not pass a village's
 * network. Drawing them anew also leaves out where and with what they were taken.
 */

/** Longest edge of what is sent, pixels: that of what the server keeps. */
const EDGE = 2560
/** A small drawing or screenshot stays sharp: up to so many bytes it is not made a photograph. */
const SHARP = 500_000
const QUALITY = 0.85

const isPhoto = ({ type }: Blob) => type.startsWith('image/')

/** Width and height of a picture of `width` × `height` whose longer edge is at most `EDGE`. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, EDGE / Math.max(width, height))
  const least = (length: number) => Math.max(1, Math.round(length * scale))
  return { width: least(width), height: least(height) }
}

/** The file as it is sent; scans stay as they are. Fails where the browser cannot read the picture. */
export async function madeSmall(file: File): Promise<File> {
  if (!isPhoto(file)) return file
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const size = fitted(picture.width, picture.height)
  const isSharp = file.type === 'image/png' && file.size <= SHARP && size.width === picture.width
  const canvas = Object.assign(document.createElement('canvas'), size)
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no canvas')
  if (!isSharp) {
    // JPEG has no transparency: what shows through is paper.
    pen.fillStyle = 'white'
    pen.fillRect(0, 0, size.width, size.height)
  }
  pen.drawImage(picture, 0, 0, size.width, size.height)
  picture.close()
  const type = isSharp ? 'image/png' : 'image/jpeg'
  const blob = await new Promise<Blob | null>((drawn) => {
    canvas.toBlob(drawn, type, QUALITY)
  })
  if (!blob) throw new Error('no picture')
  const name = file.name.replace(/\.[^.]*$/, '') + (isSharp ? '.png' : '.jpg')
  return new File([blob], name, { type })
}

/** Written by the build from `lib/palette.ts`. */
declare module 'virtual:palette.css'

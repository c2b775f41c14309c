/** The name tools know overlay storage by. */
export const storageDriver = "overlay2";

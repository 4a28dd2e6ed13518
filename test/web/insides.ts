// Owns what no answer may hold: words of our own insides.

export const INSIDES = /sqlite|no such table|\bat [\w.<>]+ \(|\.ts:\d|\.js:\d|node:|Error:|undefined|\[object/i;

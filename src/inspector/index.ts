/// <reference types="node" preserve="true" />
/**
 * rpcudp/inspector: shows every call in a page that is served on this machine. These are its public
 * names.
 */
export { serveInspector } from './hub/server.js';
export type { Inspector } from './hub/server.js';
export type { FeedOptions, InspectorOptions } from './hub/options.js';
export type { InspectorReport } from './hub/hub.js';
export { feedInspector } from './hub/feed.js';
export type { InspectorFeed } from './hub/feed.js';
export { recordEndpoint } from './recorder/recorder.js';
export type { Recording } from './recorder/recorder.js';
export type { RecorderOptions } from './recorder/options.js';
export { recordToFile } from './recording/file.js';
export type { RecordingFile, RecordingFileOptions } from './recording/file.js';
export { readRecording } from './recording/reader.js';
export type { RecordingContents } from './recording/reader.js';
export { RecordingError } from './recording/error.js';
export type { Chart, InspectionRecord, MachineChart, RecordOf, RecordSink } from './record.js';
export { InspectorBindError, InspectorUrlError } from './hub/errors.js';

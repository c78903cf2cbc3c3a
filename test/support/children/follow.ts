/** Follows the changes of an access point until it is killed: URL, directory, way, part as JSON. */
import { type FollowedBy, Follower } from '../follower.ts';

const [url = '', directory = '', by = 'pages', part = '{}'] = process.argv.slice(2);
const onProgress = (position: string) => process.stdout.write(`at ${position}\n`);
const follower = new Follower({
  ...{ url, directory, by: by as FollowedBy, part: JSON.parse(part), onProgress },
});
await follower.follow(new AbortController().signal);

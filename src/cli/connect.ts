import { createLogger } from '../adapters/log/logger.js'
import { connectRedis } from '../adapters/redis/connect.js'
import { StoreUnavailable } from '../ports/stores.js'
import type { Connection } from './command.js'

/** Opens the stores for one command. Rejects with `StoreUnavailable`; the address is not repeated, a password may stand in it. */
export async function connect(redisUrl: string): Promise<Connection> {
  const redis = await connectRedis({ url: redisUrl, log: createLogger({ level: 'silent' }) })
  if (!(await redis.health()).reachable) {
    redis.close()
    throw new StoreUnavailable('Redis does not answer')
  }
  return {
    stores: redis.stores,
    exchanges: redis.exchanges,
    tokens: redis.tokens,
    close: () => {
      redis.close()
      return Promise.resolve()
    },
  }
}

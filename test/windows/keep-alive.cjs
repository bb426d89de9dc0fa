// Wine 8 has no TCP_KEEPIDLE, and Node then cannot connect a socket that is to be kept alive; undici asks for that.
require('node:net').Socket.prototype.setKeepAlive = function () {
  return this
}

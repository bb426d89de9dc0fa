// The type of what require() gives.

/** A handler's factory with the other exports of its module as properties: what `require()` gives. */
export type CommonJs<Factory, Module> = Factory & Omit<Module, 'default' | 'module.exports'>

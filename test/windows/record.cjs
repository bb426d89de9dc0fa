// no koffi needed: process.dlopen() LoadLibrary's the DLL (DllMain installs the hooks), then complains that it is no addon
try {
  process.dlopen({ exports: {} }, process.env.EVREC_DLL)
} catch (e) {
  if (e.code !== 'ERR_DLOPEN_FAILED') throw e
}

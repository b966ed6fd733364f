#include "common/http/http_server.h"

/** All messages of the language: those of each room stand in a file of its own, what rooms share in `common`. */
import board from './board.json' with { type: 'json' }
import common from './common.json' with { type: 'json' }
import data from './data.json' with { type: 'json' }
import imports from './imports.json' with { type: 'json' }
import keep from './keep.json' with { type: 'json' }
import law from './law.json' with { type: 'json' }
import map from './map.json' with { type: 'json' }
import own from './own.json' with { type: 'json' }
import present from './present.json' with { type: 'json' }
import update from './update.json' with { type: 'json' }

export default {
  ...board,
  ...common,
  ...data,
  ...imports,
  ...keep,
  ...law,
  ...map,
  ...own,
  ...present,
  ...update,
}

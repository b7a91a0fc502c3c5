"""Small notebooks about everything a kernel may send, by name; each cell's source, tags after `#tag:`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NOTEBOOKS: Final[dict[str, Sequence[str]]] = {
    "streams": (
        "import sys\nprint('一'); print('err', file=sys.stderr); print('二')",
        "print('a', flush=True); print('b'); sys.stderr.write('c'); sys.stdout.write('d')",
        "import time\nprint('before'); time.sleep(0.5); print('after')",
        "import logging, warnings\nlogging.warning('logged'); logging.info('no')\nwarnings.warn('warned')",
        "import threading\nt = threading.Thread(target=print, args=('in a thread',)); t.start(); t.join()",
        "for i in range(3):\n    print(i, end='\\r')",
        "print('x' * 100_000)",
        "import sys\nsys.stdin.read()",
    ),
    "below Python": (
        "import subprocess\n_ = subprocess.run(['echo', 'from a process'])\nimport time; time.sleep(0.3)",
        "import os\nos.write(2, b'to the descriptor')\ntime.sleep(0.3)",
        "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(1) as pool:\n"
        "    print(pool.map(abs, [-1]))",
    ),
    "results": (
        "1 + 1",
        "None",
        "x = 3; x;",
        "x\nx * 2",
        "_ * 10, Out, In[1]",
        "import pandas as pd\npd.DataFrame({'甲': [1, 2]})",
        "{'long': list(range(300))}",
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "InteractiveShell.ast_node_interactivity = 'all'",
        "1\n2",
        "%config InteractiveShell.ast_node_interactivity",
    ),
    "plots": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])",
        "print('before')\nplt.plot([1])\nplt.show()\nprint('after')\nplt.bar(['a'], [1]);",
        "figure, axes = plt.subplots(figsize=(2, 1))\naxes.set_title('t')\nplt.close()\nfigure",
        "plt.rcParams['svg.hashsalt'] = 'x'\n%config InlineBackend.figure_formats = ['svg']\n"
        "%config InlineBackend.print_figure_kwargs = {'metadata': {'Date': None}}",
        "plt.plot([2, 1]);",
        "plt.get_backend()",
    ),
    "rich": (
        "from IPython.display import *\ndisplay(HTML('<b>b</b>'), Markdown('*m*'), Latex('$x$'))",
        "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))\nJSON({'a': [1, None]})",
        "display({'text/plain': 'p', 'application/x-own': {'k': 1}}, raw=True, metadata={'m': 1})",
        "class Own:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'text/html': '<i>', 'text/plain': 'own'}, {'text/html': {'isolated': True}}\nOwn()",
        "class Bytes:\n    def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n'\nBytes()",
        "display(1, 'two', include=['text/plain'])\nJavascript('alert(1)')",
        "class Broken:\n    def _repr_html_(self): raise ValueError('broken')\nBroken()",
    ),
    "failure": (
        "def f(x):\n    return 1 / x\nprint('before')",
        "print('out')\nf(0)",
        "print('never')",
    ),
    "tagged failures": (
        "#tag:raises-exception\n1 / 0",
        "#tag:raises-exception\ndef",
        "#tag:raises-exception\ntry:\n    {}['k']\nexcept KeyError as e:\n    raise RuntimeError('错\\n误') from e",
        "#tag:raises-exception\n%no_such_magic",
        "#tag:raises-exception\nraise KeyboardInterrupt",
        "'still here'",
    ),
    "input": ("input('name? ')",),
    "password": ("import getpass\ngetpass.getpass()",),
    "magics": (
        "%%time\nsum(range(3))",
        "%%capture caught\nprint('hidden'); 1",
        "caught.stdout, len(caught.outputs)",
        "!echo shell; echo error >&2",
        "lines = !printf 'a\\nb'\nlines",
        "%%bash\necho one\necho two >&2",
        "%%writefile made.py\nprint('run', __name__)\nvalue = 5",
        "%run made.py\nvalue",
        "%env OWN=1\n%who_ls",
        "%pinfo len",
        "value = 7\n!echo {value} $value",
        "%cd -q ..",
        "%%html\n<u>u</u>",
        "!exit 3\n_exit_code",
    ),
    "display ids": (
        "from IPython.display import clear_output, display\nhandle = display('first', display_id='own')",
        "handle.update('second')\ndisplay('third', display_id='own')",
        "print('gone'); clear_output(); print('stays')",
        "print('old'); clear_output(wait=True)",
        "display('a', display_id='b'); clear_output(wait=True); display('c', display_id='b')",
        "from IPython.display import update_display\nupdate_display('d', display_id='b')",
    ),
    "widgets": (
        "from comm import create_comm\nstate = {'_model_name': 'IntSliderModel', "
        "'_model_module': '@jupyter-widgets/controls', '_model_module_version': '2.0.0', 'value': 5}\n"
        "widget = create_comm(target_name='jupyter.widget', comm_id='w', data={'state': state, 'buffer_paths': []})",
        "widget.send({'method': 'update', 'state': {'value': 7, 'b': None}, 'buffer_paths': [['b']]}, "
        "buffers=[b'bytes'])\ndisplay({'application/vnd.jupyter.widget-view+json': "
        "{'model_id': 'x', 'version_major': 2}}, raw=True)",
    ),
    "async": (
        "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
        "async def later():\n    await asyncio.sleep(0.05)\n    print('task')\n"
        "task = asyncio.create_task(later())",
        "await task\nasync def numbers():\n    yield 1\nasync for x in numbers():\n    print(x)",
        "#tag:raises-exception\nawait asyncio.wait_for(asyncio.sleep(9), 0.01)",
        "asyncio.get_running_loop().is_running()",
    ),
    "exit": ("print('before')\nimport sys; sys.exit(3)", "print('never')"),
    "parameters": (
        "#tag:parameters\nnumber: int = 1\ntext = 'default'",
        "number, text",
        "",
        "#tag:skip\nprint('run all the same')",
        "get_ipython().execution_count, __name__, __builtins__.__name__",
    ),
    "surroundings": (
        "import os, signal, sys, warnings\nsys.path, os.getcwd(), os.environ.get('MPLBACKEND')",
        "[(f[0], f[2]) for f in warnings.filters if not f[2].__name__.startswith('Provisional')]",
        "import logging\nlogging.root.handlers, logging.root.level, sys.flags.dev_mode",
        "import pickle\nclass Mine: pass\ntype(pickle.loads(pickle.dumps(Mine()))), __name__",
        "sys.argv[0], '__file__' in globals()",
        "import threading\nthreading.current_thread() is threading.main_thread()",
        "type(get_ipython()).__name__, sys.stdout.encoding, sys.stdout.isatty(), sys.stdout.fileno() > 2",
        "import ast\n[sorted(os.environ.keys() & {'TERM', 'CLICOLOR', 'PAGER', 'FORCE_COLOR'})]",
        "warnings.warn('old', DeprecationWarning)",
        "import atexit\n_ = atexit.register(lambda: open('at-exit', 'w').write('x'))\n"
        "kept = open('kept', 'w'); kept.write('flushed')",
    ),
}


def notebook(sources: Sequence[str]) -> nbformat.NotebookNode:
    """A notebook of a title and these cells."""
    cells = [new_markdown_cell("# Title")]
    for source in sources:
        tag, _, rest = source.partition("\n") if source.startswith("#tag:") else ("", "", source)
        cell = new_code_cell(rest)
        if tag:
            cell.metadata["tags"] = [tag.removeprefix("#tag:")]
        cells.append(cell)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})

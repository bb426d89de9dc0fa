# Python's QueueHandler in this process, and its QueueListener with a FileHandler in another, told to write the lines that
# pino makes.
import logging
import logging.handlers
import multiprocessing

from python_peer import read_job, run, writes_lines


def listen(queue, path, ready):
    file = writes_lines(logging.FileHandler(path))
    listener = logging.handlers.QueueListener(queue, file)
    listener.start()
    ready.set()
    # What the other process puts last ends it.
    listener._thread.join()
    file.close()


def main():
    job = read_job()
    queue = multiprocessing.Queue()
    ready = multiprocessing.Event()
    other = multiprocessing.Process(target=listen, args=(queue, job['file'], ready))
    other.start()
    ready.wait()

    def end():
        queue.put_nowait(logging.handlers.QueueListener._sentinel)
        other.join()

    run(job, logging.handlers.QueueHandler(queue), end)


if __name__ == '__main__':
    main()

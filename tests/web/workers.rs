use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::{Either, join_all, select};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use sealdrop::platform::abort::Abort;
use sealdrop::platform::clock;
use sealdrop::platform::workers::{Worker, WorkerError, WorkerPool, serve};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{js, within};

/// Runs in the worker: this same module, started a second time there.
#[wasm_bindgen]
#[expect(
    unreachable_pub,
    reason = "the worker's script reaches it; wasm-bindgen exports nothing less"
)]
pub fn serve_test_job() {
    let served = std::rc::Rc::new(std::cell::Cell::new(0));
    let stopped = std::rc::Rc::new(std::cell::Cell::new(0));
    serve(move |message, caller| {
        served.set(served.get() + 1);
        let served = served.get();
        let stopped = stopped.clone();
        async move {
            if let Some(buffer) = message.dyn_ref::<ArrayBuffer>() {
                let bytes = Uint8Array::new(buffer);
                bytes.set_index(0, bytes.get_index(0) + 1);
                return Ok((message.clone(), Array::of1(&message)));
            }
            match message.as_string().as_deref() {
                Some("count") => Ok((served.into(), Array::new())),
                Some("notes") => {
                    [1.0, 2.0, 2.5].into_iter().for_each(|number| caller.note(number));
                    Ok((message, Array::new()))
                }
                Some("until nobody waits") => {
                    caller.note(1.0);
                    caller.given_up().aborted().await;
                    stopped.set(stopped.get() + 1);
                    Err("nobody waits".into())
                }
                Some("stopped") => Ok((stopped.get().into(), Array::new())),
                Some("panic") => panic!("as told"),
                Some("unpostable") => Ok((js_sys::Function::new_no_args("").into(), Array::new())),
                Some(text) => Err(format!("refused: {text}")),
                None => {
                    let wait = message.as_f64().unwrap_or_default();
                    clock::sleep(Duration::from_millis(wait as u64)).await;
                    Ok((message, Array::new()))
                }
            }
        }
    });
}

const ENTRY: &str = "self.onmessage = async ({data: {glue, module}}) => {
    self.onmessage = null;
    const wasm = await import(glue);
    wasm.initSync({module});
    wasm.serve_test_job();
};";

/// The page's `<meta>` elements, as the build makes them; removed when dropped.
pub(crate) struct Named;

impl Named {
    pub(crate) fn entry(source: &str) -> Self {
        let source = serde_json::to_string(source).expect("text");
        js(&format!(
            "for (const [name, content] of [
                ['sealdrop-worker', URL.createObjectURL(new Blob([{source}], {{type: 'text/javascript'}}))],
                ['sealdrop-glue', './wasm-bindgen-test'],
            ]) {{
                const meta = document.createElement('meta');
                meta.name = name;
                meta.content = content;
                document.head.append(meta);
            }}"
        ));
        Named
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        js("document.querySelectorAll('meta[name^=sealdrop]').forEach(meta => meta.remove())");
    }
}

fn text(text: &str) -> JsValue {
    JsValue::from_str(text)
}

async fn call(worker: &Worker, message: &JsValue) -> Result<JsValue, WorkerError> {
    within(Duration::from_secs(40), worker.call(message, &Array::new())).await
}

#[wasm_bindgen_test]
async fn buffers_travel_without_copying() {
    let _named = Named::entry(ENTRY);
    let worker = Worker::start().expect("starts");
    let buffer = ArrayBuffer::new(1000);
    Uint8Array::new(&buffer).set_index(0, 41);
    let reply = worker.call(&buffer, &Array::of1(&buffer)).await.expect("a reply");
    assert_eq!(buffer.byte_length(), 0, "it was transferred");
    let reply = Uint8Array::new(&reply);
    assert_eq!((reply.length(), reply.get_index(0)), (1000, 42));
}

#[wasm_bindgen_test]
async fn answers_come_in_any_order() {
    let _named = Named::entry(ENTRY);
    let worker = Worker::start().expect("starts");
    let waits = [80.0, 1.0, 40.0, 0.0].map(JsValue::from_f64);
    let replies = join_all(waits.iter().map(|wait| call(&worker, wait))).await;
    let replies: Vec<f64> = replies.into_iter().filter_map(|reply| reply.ok()?.as_f64()).collect();
    assert_eq!(replies, [80.0, 1.0, 40.0, 0.0]);
    assert_eq!(
        call(&worker, &text("no")).await,
        Err(WorkerError::Job("refused: no".into()))
    );
    assert!(matches!(
        call(&worker, &text("unpostable")).await,
        Err(WorkerError::Job(_))
    ));
    let function = js_sys::Function::new_no_args("");
    assert_eq!(call(&worker, &function).await, Err(WorkerError::NotPosted));
    assert_eq!(
        call(&worker, &JsValue::from_f64(0.0)).await,
        Ok(JsValue::from_f64(0.0)),
        "it still works"
    );
}

#[wasm_bindgen_test]
async fn a_call_tells_how_far_it_is() {
    let _named = Named::entry(ENTRY);
    let worker = Worker::start().expect("starts");
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = heard.clone();
    let (notes, none) = (text("notes"), Array::new());
    let abort = Abort::new();
    let told = worker.converse(&notes, &none, move |number| hearing.borrow_mut().push(number), &abort);
    assert_eq!(told.await, Ok(text("notes")));
    assert_eq!(*heard.borrow(), [1.0, 2.0, 2.5]);
    assert_eq!(
        call(&worker, &text("notes")).await,
        Ok(text("notes")),
        "nobody needs to listen"
    );
}

#[wasm_bindgen_test]
async fn work_stops_when_nobody_waits_for_it() {
    let _named = Named::entry(ENTRY);
    let worker = Worker::start().expect("starts");
    let (sender, begun) = oneshot::channel();
    let sender = Cell::new(Some(sender));
    let (endless, none) = (text("until nobody waits"), Array::new());
    let begun_telling = move |_| sender.take().expect("one note").send(()).expect("the test waits");
    let abort = Abort::new();
    let working = worker.converse(&endless, &none, begun_telling, &abort);
    match select(pin!(working), begun).await {
        Either::Left((answer, _)) => panic!("{answer:?}"),
        Either::Right(_) => assert_eq!(call(&worker, &text("stopped")).await, Ok(0.0.into())),
    }
    assert_eq!(call(&worker, &text("stopped")).await, Ok(1.0.into()));
    assert_eq!(
        worker.converse(&text("notes"), &none, |_| (), &abort).await,
        Ok(text("notes")),
        "one that was answered is not given up"
    );
    assert_eq!(call(&worker, &text("stopped")).await, Ok(1.0.into()));
    let switch = abort.clone();
    assert_eq!(
        worker.converse(&endless, &none, move |_| switch.abort(), &abort).await,
        Err(WorkerError::Job("nobody waits".into())),
        "what the worker says to that is heard"
    );
    assert_eq!(call(&worker, &text("stopped")).await, Ok(2.0.into()));
}

#[wasm_bindgen_test]
async fn a_crash_fails_every_call() {
    let _named = Named::entry(ENTRY);
    let worker = Worker::start().expect("starts");
    let waiting = JsValue::from_f64(30_000.0);
    let crash = text("panic");
    let replies = join_all([call(&worker, &waiting), call(&worker, &crash)]).await;
    for reply in replies {
        assert!(
            matches!(&reply, Err(WorkerError::Crashed(place)) if place.contains("workers.rs")),
            "{reply:?}"
        );
    }
    assert!(worker.has_ended());
    assert!(matches!(call(&worker, &waiting).await, Err(WorkerError::Crashed(_))));
}

#[wasm_bindgen_test]
async fn an_idle_pool_stops_its_workers() {
    let _named = Named::entry(ENTRY);
    let pool = WorkerPool::new(1, Duration::from_millis(50));
    let seat = pool.seat().expect("starts");
    seat.call(&JsValue::from_f64(0.0), &Array::new())
        .await
        .expect("a reply");
    assert_eq!(pool.running(), 1);
    clock::sleep(Duration::from_millis(200)).await;
    assert_eq!(pool.running(), 1, "somebody still sits there");
    drop(seat);
    clock::sleep(Duration::from_millis(200)).await;
    assert_eq!(pool.running(), 0, "stopped when idle");
    pool.run(&JsValue::from_f64(0.0), &Array::new())
        .await
        .expect("started again");
}

#[wasm_bindgen_test]
async fn a_page_without_worker_says_so() {
    assert!(matches!(Worker::start(), Err(WorkerError::NotStarted)));
    for broken in ["syntax error (", "throw new Error('at start')"] {
        let _named = Named::entry(broken);
        let worker = Worker::start().expect("starts, as far as can be seen at once");
        assert_eq!(
            call(&worker, &text("count")).await,
            Err(WorkerError::NotStarted),
            "{broken}"
        );
    }
}

#[wasm_bindgen_test]
async fn a_pool_spreads_work_and_keeps_state_together() {
    let _named = Named::entry(ENTRY);
    let pool = WorkerPool::new(2, Duration::from_secs(60));
    assert_eq!(pool.running(), 0, "starts late");
    let count = text("count");
    let first = pool.seat().expect("starts");
    let second = pool.seat().expect("starts");
    assert_eq!(pool.running(), 2);
    let none = Array::new();
    for expected in [1.0, 2.0, 3.0] {
        assert_eq!(
            first.call(&count, &none).await,
            Ok(expected.into()),
            "always the same worker"
        );
    }
    assert_eq!(second.call(&count, &none).await, Ok(1.0.into()), "another worker");
    drop(second);
    assert_eq!(pool.run(&count, &none).await, Ok(2.0.into()), "the one that is free");

    assert!(matches!(
        first.call(&text("panic"), &none).await,
        Err(WorkerError::Crashed(_))
    ));
    drop(first);
    let both = [pool.seat().expect("starts"), pool.seat().expect("starts")];
    let replies = join_all(both.iter().map(|seat| seat.call(&count, &none))).await;
    let mut counts: Vec<f64> = replies.into_iter().filter_map(|reply| reply.ok()?.as_f64()).collect();
    counts.sort_by(f64::total_cmp);
    assert_eq!(counts, [1.0, 3.0], "the crashed one was replaced");
}

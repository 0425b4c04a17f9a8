// What the corpus is put together from; corpus.h says what % stands for.
#include "tests/bench/corpus.h"

namespace telltale::bench {

namespace {

// clang-format off
constexpr std::string_view kMegatron[] = {
  R"~( iteration %i/   500000 | consumed samples: %i | elapsed time per iteration (ms): %f | learning rate: %e | global batch size:  1024 | lm loss: %e | loss scale: 1.0 | grad norm: %f | number of skipped iterations:   0 | number of nan iterations:   0 |)~",
  R"~([rank%r]: iteration %i/   500000 | consumed samples: %i | lm loss: %e | grad norm: %f | params norm: %f |)~",
  R"~([%t] (min, max) time across ranks (ms): forward-backward ...: (%f, %f) optimizer ...: (%f, %f))~",
  R"~(saving checkpoint at iteration %i to %F in torch_dist format)~",
  R"~(  successfully saved checkpoint from iteration %i to %F [ t %n/8, p %n/4 ])~",
  R"~([Rank %r] (after %i iterations) memory (MB) | allocated: %f | max allocated: %f | reserved: %f | max reserved: %f)~",
  R"~( > finished creating GPT datasets, %i documents, %i samples, index built in %d)~",
};
constexpr std::string_view kDeepspeed[] = {
  R"~([%t] [INFO] [logging.py:%i:log_dist] [Rank %r] step=%i, skipped=0, lr=[%e, %e], mom=[(0.9, 0.95), (0.9, 0.95)])~",
  R"~([%t] [INFO] [timer.py:%i:stop] epoch=%n/micro_step=%i/global_step=%i, RunningAvgSamplesPerSec=%f, CurrSamplesPerSec=%f, MemAllocated=%fGB, MaxMemAllocated=%fGB)~",
  R"~([%t] [WARNING] [stage3.py:%i:step] %i pytorch allocator cache flushes since last step. this happens when there is high memory pressure and is detrimental to performance.)~",
  R"~(%r: {'loss': %f, 'grad_norm': %f, 'learning_rate': %e, 'epoch': %f})~",
  R"~(%r: [INFO|trainer.py:%i] %t >> Saving model checkpoint to %F)~",
  R"~(  %i%%|#########6                     | %i/%i [%i:%n4<%i:%n1,  %f it/s])~",
};
constexpr std::string_view kVllm[] = {
  R"~(INFO %t [loggers.py:%i] Engine 000: Avg prompt throughput: %f tokens/s, Avg generation throughput: %f tokens/s, Running: %i reqs, Waiting: %i reqs, GPU KV cache usage: %f%%, Prefix cache hit rate: %f%%)~",
  R"~(INFO:     %a:%P - "POST /v1/chat/completions HTTP/1.1" 200 OK)~",
  R"~(INFO:     %a:%P - "GET /health HTTP/1.1" 200 OK)~",
  R"~(INFO:     %a:%P - "POST /v1/completions HTTP/1.1" 422 Unprocessable Entity)~",
  R"~((EngineCore_DP%n pid=%P) INFO %t [gpu_model_runner.py:%i] Model loading took %b and %d)~",
  R"~(INFO %t [async_llm.py:%i] Added request cmpl-%x-0. Prompt tokens %i, max_tokens=%i, temperature=0.%n)~",
  R"~(WARNING %t [scheduler.py:%i] Sequence group %i is preempted by PreemptionMode.RECOMPUTE mode because there is not enough KV cache space. total_num_cumulative_preemption=%i)~",
  R"~([%t TP%n] Decode batch, #running-req: %i, #token: %i, token usage: 0.%i, cuda graph: True, gen throughput (token/s): %f, #queue-req: %i)~",
  R"~([%t TP%n] Prefill batch, #new-seq: %n, #new-token: %i, #cached-token: %i, token usage: 0.%i, #running-req: %i, #queue-req: 0)~",
};
constexpr std::string_view kNccl[] = {
  R"~(%h:%P:%P [%n] NCCL INFO Channel %i/0 : %r[%n] -> %r[%n] via P2P/CUMEM)~",
  R"~(%h:%P:%P [%n] NCCL INFO NET/IB : Using [0]mlx5_%n:1/IB [1]mlx5_%n:1/IB [RO]; OOB eth0:%a<0>)~",
  R"~(%h:%P:%P [%n] NCCL INFO comm 0x%x rank %r nranks 1024 cudaDev %n nvmlDev %n busId %i commId 0x%x - Init COMPLETE)~",
  R"~(%h:%P:%P [%n] NCCL INFO Connected all trees)~",
  R"~(%h:%P:%P [%n] NCCL INFO %w set by environment to %i.)~",
  R"~([rank%r]:[I%g ProcessGroupNCCL.cpp:%i] [PG ID %n PG GUID %n Rank %r] ProcessGroupNCCL environments: NCCL version: 2.26.2, TORCH_NCCL_ASYNC_ERROR_HANDLING: 3, TIMEOUT(ms): 600000)~",
  R"~([rank%r]:[W%g %w.cpp:%i] Warning: %w is deprecated, use %w instead. (function operator()))~",
};
constexpr std::string_view kSyslog[] = {
  R"~(%s %h kernel: [%i.%C0] mlx5_core %p ib%n: Link up)~",
  R"~(%s %h kernel: nvidia %p: enabling device (0000 -> 0003))~",
  R"~(%s %h systemd[1]: Started session-%i.scope - Session %i of user %w.)~",
  R"~(%s %h sshd[%P]: Accepted publickey for %w from %a port %i ssh2: ED25519 SHA256:%x)~",
  R"~(%s %h slurmd[%P]: launch task StepId=%P.0 request from UID:%i GID:%i HOST:%a PORT:%i)~",
  R"~(%s %h dockerd[%P]: time="%tZ" level=info msg="ignoring event" container=%x module=libcontainerd namespace=moby topic=/tasks/delete)~",
  R"~(%s %h kubelet[%P]: I%g %P reconciler.go:%i] "operationExecutor.VerifyControllerAttachedVolume started for volume \"%w\" (UniqueName: \"kubernetes.io/%x\")")~",
  R"~(%s %h CRON[%P]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1))~",
};
constexpr std::string_view kBuild[] = {
  R"~([%i/%i] Building CUDA object csrc/%w/CMakeFiles/%w.dir/%w.cu.o)~",
  R"~([ %i%%] Linking CXX shared library lib%w.so)~",
  R"~(%tZ Collecting %w==%v)~",
  R"~(%tZ   Downloading %w-%v-cp311-cp311-manylinux_2_17_x86_64.whl (%f MB))~",
  R"~(%tZ Requirement already satisfied: %w>=%v in %F (from %w) (%v))~",
  R"~(%F:%i:%i: warning: variable '%w' set but not used [-Wunused-but-set-variable])~",
  R"~(tests/%w/test_%w.py::test_%w[%w-%i] PASSED                    [ %i%%])~",
  R"~(%tZ ##[group]Run %w/%w@v%n)~",
};
constexpr std::string_view kServices[] = {
  R"~(%t,%C INFO org.apache.%W: BLOCK* %w.addStoredBlock: blockMap updated: %a:50010 is added to blk_%i size %i)~",
  R"~(%a - - [30/Jul/2026:03:36:29 +0000] "GET /%w/%w?%w=%i HTTP/1.1" 200 %i "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36")~",
  R"~({"ts":"%tZ","level":"info","code":%i,"msg":"request done","path":"/%w/%w","request_id":"%x","took_ms":%f})~",
  R"~(:::MLLOG {"namespace": "", "time_ms": %P, "event_type": "POINT_IN_TIME", "key": "%w", "value": %f, "metadata": {"file": "%F", "lineno": %i}})~",
  R"~(time=%tZ level=INFO source=%w.go:%i msg="llama runner started in %d" model=%m)~",
  R"~(wandb: Syncing run %w-%w-%i to %w)~",
  R"~((RayWorkerWrapper pid=%P, ip=%a) INFO %t [worker.py:%i] Memory profiling takes %d. total_gpu_memory %b)~",
  R"~(%t DEBUG %W - acquire lock %x on %w for %d)~",
  R"~([default%n]:%t INFO %W: loaded shard %i of %i from %F in %d)~",
};
constexpr std::string_view kText[] = {
  R"~(+ export %w=%i)~",
  R"~(  File "%F", line %i, in %w)~",
  R"~(    return self.%W(%w, %w=%w))~",
  R"~()~",
  R"~(=============================================================================)~",
  R"~(Loading %m from %F with %w=%w, dtype=torch.bfloat16, device_map="auto")~",
  R"~(llama_model_loader: - kv  %n:                    general.%w str              = %m)~",
  R"~(%w: %f  %w: %f  %w: %e)~",
};

constexpr Program kPrograms[] = {
  {20, kMegatron}, {15, kDeepspeed}, {18, kVllm},     {12, kNccl},
  {10, kSyslog},   {10, kBuild},     {10, kServices}, {5, kText},
};

constexpr std::string_view kNearMisses[] = {
  R"~(CUDA out of memory handler installed, will retry with %b)~",
  R"~(NVRM: loading NVIDIA UNIX x86_64 Kernel Module  %v)~",
  R"~(0 uncorrectable ECC error(s) since boot on %p)~",
  R"~(Watchdog caught up: collective %i finished after %d)~",
  R"~(srun: error: Ignoring --gpus-per-task without --ntasks)~",
  R"~(slurmstepd: error: Unable to create TMPDIR [%F]: Permission denied)~",
  R"~(Exited with exit code 0)~",
  R"~(process %P exits successfully.)~",
  R"~([ERROR] retry %n of 8: %w is not ready)~",
  R"~(Max retries exceeded is handled by %w)~",
  R"~(FutureWarning: Access to model attributes through %w is deprecated)~",
  R"~(WARNING: Error(s) in loading %w: ignoring)~",
  R"~(using --fatal-warnings: fatal error: none)~",
  R"~(FAILED 0, PASSED %i, SKIPPED %i)~",
  R"~(Signal handler for SIGTERM registered, Signal: 15)~",
  R"~(Timeout(ms)=600000 for all process groups)~",
  R"~(lm loss: %e | lm loss validation: %e)~",
  R"~(iteration %i/ %i | lm loss: %e | number of nan iterations:   0 |)~",
  R"~(KeyError: '%w' is ignored in %w)~",
  R"~(ERROR: Could not find a cached wheel for %w, building)~",
  R"~(nfs: server %h OK)~",
  R"~(watchdog: BUG: none found in %d)~",
  R"~([Gloo] Rank %r is connected to 1023 peer ranks. Expected number of connected peer ranks is : 1023)~",
  R"~(No module named %w in the allow list)~",
  R"~(Out of memory score adjusted to %i for process %P)~",
};

constexpr std::string_view kPrefixes[] = {
  "", "", "", "%r: ", "[rank%r]: ", "[%t] ", "%tZ ", "%s %h kernel: ",
  "ERROR %t [%w.py:%i] ", "%r: [rank%r]: ", "(EngineCore_DP%n pid=%P) ",
};

constexpr std::string_view kWords[] = {
  "attention", "adapter", "accelerate", "allreduce", "backend", "batch", "bias", "block", "bucket", "buffer", "cache",
  "calibration", "checkpoint", "chunk", "cluster", "collate", "collective", "compile", "config", "context", "controller",
  "convert", "core", "cutlass", "data", "dataset", "decoder", "deepspeed", "default", "device", "dispatch", "distributed",
  "dropout", "embedding", "encoder", "engine", "epoch", "eval", "event", "executor", "expert", "export", "fabric", "flash",
  "forward", "fused", "gate", "generate", "gradient", "graph", "group", "handler", "hidden", "host", "index", "inference",
  "init", "input", "kernel", "key", "label", "launch", "layer", "layout", "linear", "loader", "local", "logger", "logits",
  "lora", "loss", "main", "mapping", "mask", "matmul", "memory", "merge", "metric", "mixer", "mlp", "model", "module",
  "monitor", "network", "node", "norm", "numpy", "offload", "optimizer", "output", "padding", "parallel", "param", "pipeline",
  "pool", "position", "prefetch", "processor", "profile", "proxy", "quant", "query", "queue", "rank", "reduce", "region",
  "registry", "request", "residual", "resource", "rotary", "router", "runner", "sampler", "scale", "scheduler", "schema",
  "sequence", "server", "session", "shard", "shuffle", "sigmoid", "snapshot", "softmax", "sparse", "state", "static",
  "storage", "stream", "stride", "submodule", "summary", "swiglu", "sync", "table", "tensor", "thread", "timer", "token",
  "topology", "trainer", "transfer", "tuner", "update", "utils", "validation", "value", "vector", "version", "vision",
  "vocab", "volume", "warmup", "watcher", "weight", "window", "worker", "workspace", "xformers", "yaml", "zero", "zstd",
};

constexpr std::string_view kModels[] = {
  "meta-llama/Llama-3.1-70B", "Qwen/Qwen2.5-72B-Instruct", "deepseek-ai/DeepSeek-V3", "mistralai/Mixtral-8x22B-v0.1",
  "google/gemma-2-27b-it", "tiiuae/falcon-40b", "bigcode/starcoder2-15b",
};
// clang-format on

}  // namespace

std::span<const Program> Programs() {
  return kPrograms;
}

std::span<const std::string_view> NearMisses() {
  return kNearMisses;
}

std::span<const std::string_view> Prefixes() {
  return kPrefixes;
}

std::span<const std::string_view> Words() {
  return kWords;
}

std::span<const std::string_view> Models() {
  return kModels;
}

}  // namespace telltale::bench
